/** The version of this package. Kept equal to package.json by a test, since a library reads no files to know itself. */
export const VERSION = "0.1.0";
