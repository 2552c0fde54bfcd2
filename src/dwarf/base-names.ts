// The names of C's arithmetic types: "unsigned long", "long unsigned int" and
// "unsigned long int" are one type, and compilers differ in what they write.

const words = new Set(['unsigned', 'signed', 'char', 'short', 'int', 'long', 'float', 'double']);
const others = new Set(['_Bool', 'bool', '__int128', '_Complex', 'void']);

/** Whether C knows the word as part of a type's name. */
export function isTypeWord(word: string): boolean {
  return words.has(word) || others.has(word);
}

/** The same for all spellings of one type; any other name as it is. */
export function canonicalName(name: string): string {
  const parts = name.trim().split(/\s+/);
  if (!parts.every((part) => words.has(part))) return parts.join(' ');
  const count = (word: string): number => parts.filter((part) => part === word).length;
  const unsigned = count('unsigned') > 0 ? 'unsigned ' : '';
  if (count('char') > 0) return `${count('signed') > 0 ? 'signed ' : unsigned}char`;
  if (count('float') > 0) return 'float';
  if (count('double') > 0) return `${count('long') > 0 ? 'long ' : ''}double`;
  if (count('short') > 0) return `${unsigned}short`;
  return unsigned + (['int', 'long', 'long long'][count('long')] ?? 'long long');
}
