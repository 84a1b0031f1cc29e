/** The longest delay of `setTimeout`, in milliseconds (24.8 days). A timer with a longer delay fires immediately. */
export const LONGEST_TIMER_MS: number = 2 ** 31 - 1;
