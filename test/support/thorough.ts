/**
 * Whether tests with many repetitions and versions run in full: with `TESTS=all`, as `npm run test:all` sets it. Otherwise they run
 * with fewer, so `npm test` stays fast.
 */
export const isThorough: boolean = process.env.TESTS === "all";
