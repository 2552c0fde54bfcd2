// What `npx vitest --root examples/vitest` runs.

export default { test: { include: ['*.test.js'] } };
