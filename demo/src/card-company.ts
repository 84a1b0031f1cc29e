import { NonRetriableError } from "cloudtask";

let accountsAreClosed = true;

/** Refunds to cards. All accounts are closed until it reopens them. */
export const cardCompany = {
  refund(orderId: number): void {
    if (accountsAreClosed) throw new NonRetriableError(`the account that paid order ${orderId} was closed`);
  },

  reopenAccounts(): void {
    accountsAreClosed = false;
  },
};
