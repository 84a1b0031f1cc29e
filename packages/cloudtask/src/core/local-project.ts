/** The default project of an emulator. */
export const LOCAL_PROJECT = "local-project";

/** The default location of an emulator. */
export const LOCAL_LOCATION = "us-central1";
