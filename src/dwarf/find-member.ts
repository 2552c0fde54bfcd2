// Finds a member by name, also inside of members that have none.

import type { Member, StructType } from './model.ts';
import { stripped } from './type-facts.ts';

/** Unnamed structs in unnamed structs; a damaged one may contain itself. */
const DEPTH_LIMIT = 16;

/** The members to go through, the last one being the one so called. */
export function findMember(
  { members }: StructType,
  name: string,
  depth = 0,
): readonly Member[] | undefined {
  const own = members.find((member) => member.name === name);
  if (own !== undefined) return [own];
  if (depth >= DEPTH_LIMIT) return undefined;
  for (const member of members) {
    const type = stripped(member.type);
    if (member.name !== undefined || !('members' in type)) continue;
    const path = findMember(type, name, depth + 1);
    if (path !== undefined) return [member, ...path];
  }
  return undefined;
}
