// Prints the version of the libunicorn named on the command line by loading it
// and asking: file names do not tell.  uc_version() answers the bytes major,
// minor, patch, extra, the highest first.

import koffi from 'koffi';

const library = koffi.load(process.argv[2]);
const version = library.func('unsigned int uc_version(unsigned int *, unsigned int *)')(null, null);
console.log([version >>> 24, (version >>> 16) & 0xff, (version >>> 8) & 0xff].join('.'));
