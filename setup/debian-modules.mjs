// Which modules of Debian's kernels set-up keeps: those with known answers in
// test/known-answers and test/debian.test.ts, and what they depend on, by the
// names of their files.  Not every kernel has all of them as modules.

const sbcs = [
  ...['ascii', 'cp1250', 'cp1251', 'cp1255', 'cp437', 'cp737', 'cp775', 'cp850', 'cp852'],
  ...['cp855', 'cp857', 'cp860', 'cp861', 'cp862', 'cp863', 'cp864', 'cp865', 'cp866', 'cp869'],
  ...['cp874', 'iso8859-1', 'iso8859-13', 'iso8859-14', 'iso8859-15', 'iso8859-2', 'iso8859-3'],
  ...['iso8859-4', 'iso8859-5', 'iso8859-6', 'iso8859-7', 'iso8859-9', 'koi8-r', 'koi8-ru'],
  ...['koi8-u', 'utf8', 'cp932', 'cp936', 'cp949', 'cp950', 'euc-jp'],
].map((name) => `nls_${name}`);
const mac = [
  ...['celtic', 'centeuro', 'croatian', 'cyrillic', 'gaelic', 'greek', 'iceland', 'inuit'],
  ...['roman', 'romanian', 'turkish'],
].map((name) => `mac-${name}`);

export const debianModules = [
  ...['crc7', 'crc16', 'crc-itu-t', 'crc64', 'crct10dif_common', 'crct10dif_generic'],
  ...['crc32_generic', 'crc32c_generic', 'crc64_rocksoft_generic', 'libcrc32c', 'xxhash_generic'],
  ...['md4', 'rmd160', 'sha512_generic', 'sha3_generic', 'wp512', 'streebog_generic'],
  ...['blake2b_generic', 'michael_mic', 'ghash-generic', 'gf128mul', 'poly1305_generic'],
  ...['libpoly1305', 'des_generic', 'libdes', 'blowfish_generic', 'blowfish_common'],
  ...['twofish_generic', 'twofish_common', 'serpent_generic', 'cast5_generic', 'cast6_generic'],
  ...['cast_common', 'camellia_generic', 'fcrypt', 'aes_ti', 'libarc4', 'libchacha'],
  ...['libcurve25519-generic', 'lz4', 'lz4hc', 'lz4_compress', 'lz4hc_compress'],
  ...['reed_solomon', 'bch', 'raid6_pq', 'xor', 'xor-neon', 'cordic', 'ts_bm', 'ts_kmp', 'ts_fsm'],
  ...[...sbcs, ...mac],
];
