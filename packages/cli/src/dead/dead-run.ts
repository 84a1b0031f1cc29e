/** The commands of `cloudtask dead`. They are loaded together when one runs. */
export { deleteLetters, redriveLetters } from "./change-letters.ts";
export { describeLetter, listLetters } from "./show-letters.ts";
