/** `scripts/build.ts` replaces it with the version of package.json. */
declare const CLOUDTASK_VERSION: string | undefined;

/**
 * The version of this package, and of the project's other packages: they are released together. `0.0.0` if the sources run
 * without a build.
 */
export const VERSION: string = typeof CLOUDTASK_VERSION === "string" ? CLOUDTASK_VERSION : "0.0.0";
