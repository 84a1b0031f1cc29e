/** The project and location of an emulator where none are said. */
export const LOCAL_PROJECT = "local-project";

/** See `LOCAL_PROJECT`. */
export const LOCAL_LOCATION = "us-central1";
