/** The longest delay of `setTimeout`, in milliseconds (24.8 days). A longer one fires at once. */
export const LONGEST_TIMER_MS: number = 2 ** 31 - 1;
