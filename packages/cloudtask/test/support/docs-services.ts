/** What the pages of docs/ push and handle tasks for: as little of it as they need. */

export interface Transaction {
  insert(table: string, row: object): Promise<number>;
  update(table: string, id: number, change: object): Promise<void>;
  commit(): Promise<void>;
  rollback(): Promise<void>;
}

const nothing = async (): Promise<void> => undefined;
const tx: Transaction = { insert: async () => 42, update: nothing, commit: nothing, rollback: nothing };

export const database = {
  begin: async (): Promise<Transaction> => tx,
  transaction: <T>(run: (tx: Transaction) => Promise<T>): Promise<T> => run(tx),
  rows: async (_: string): Promise<readonly { readonly id: number; readonly order: number }[]> => [
    { id: 1, order: 42 },
  ],
  delete: async (_: string, __: number): Promise<void> => undefined,
};

export const payments = {
  charge: async (_: number, __: { readonly idempotencyKey: string }): Promise<void> => undefined,
};

export const searchIndex = { update: async (_: string): Promise<void> => undefined };

export const mail = { invoice: async (_: number): Promise<void> => undefined };
