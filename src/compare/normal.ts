// What of a module's kernel calls is the source's, and what the compiler's or the
// configuration's: the same source calls memcpy on one architecture and copies in place
// on another, and takes spin locks inline where Linux is configured so.

/** Calls that say nothing about the source. */
const incidental: readonly RegExp[] = [
  /^(__)?(mem(cpy|set|move|cmp|chr)|bcmp|str(n?len|n?cmp|chr|n?cpy|lcpy|scpy|cat|ncat|lcat))$/,
  /^__(fentry__|gnu_mcount_nc|stack_chk_fail|x86_|aeabi_|SCT__|bswap|do_div64|sw_hweight)/,
  /^(div(64|_)|__u?(div|mod)|arm_heavy_mb|fortify_panic|alt_cb_)/,
  /^_raw_(spin|read|write)_/,
  /^(queued_|_(test_and_)?(set|clear|change)_bit$|__cond_resched$|__rcu_read_)/,
  /^(__local_bh_|___ratelimit$|__const_udelay$|__udelay$)/,
];

/** One function under the names that sizes, nodes and byte orders give it. */
const names: readonly (readonly [RegExp, string])[] = [
  [/^(__kmalloc|kmalloc_(trace|large|node_trace|large_node)|__kmalloc_node)$/, 'kmalloc'],
  [/^(_find_\w+?)_le$/, '$1'],
  [/^(kvmalloc_node|vmalloc|vzalloc)$/, 'vmalloc'],
  [/^del_timer(_sync)?$/, 'timer_delete$1'],
];

/** The name to compare by; undefined: the call is left out. */
export function normalName(symbol: string): string | undefined {
  if (incidental.some((pattern) => pattern.test(symbol))) return undefined;
  for (const [pattern, name] of names)
    if (pattern.test(symbol)) return symbol.replace(pattern, name);
  return symbol;
}
