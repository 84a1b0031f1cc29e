/** Minimal implementations of the services that the pages in docs/ use. */
import { CloudTaskClient, type Dependency, depends } from "cloudtask";

export interface Transaction {
  insert(table: string, row: object): Promise<number>;
  update(table: string, id: number, change: object): Promise<void>;
  commit(): Promise<void>;
  rollback(): Promise<void>;
}

export interface Order {
  readonly id: number;
  readonly cents: number;
}

/** A session of a database. */
export interface Session {
  find(id: number): Promise<Order | undefined>;
  keep(row: object): Promise<void>;
  commit(): Promise<void>;
  rollback(): Promise<void>;
  release(): void;
}

const nothing = async (): Promise<void> => undefined;
const tx: Transaction = { insert: async () => 42, update: nothing, commit: nothing, rollback: nothing };

const session: Session = {
  find: async (id) => ({ id, cents: 100 }),
  keep: nothing,
  commit: nothing,
  rollback: nothing,
  release: () => undefined,
};

export interface Pool {
  connect(): Promise<Session>;
  end(): Promise<void>;
}

export const createPool = (): Pool => ({ connect: async () => session, end: nothing });

export const database = {
  begin: async (): Promise<Transaction> => tx,
  transaction: <T>(run: (tx: Transaction) => Promise<T>): Promise<T> => run(tx),
  rows: async (_: string): Promise<readonly { readonly id: number; readonly order: number }[]> => [
    { id: 1, order: 42 },
  ],
  delete: async (_: string, __: number): Promise<void> => undefined,
};

export const payments = {
  charge: async (
    _: number,
    __: { readonly idempotencyKey: string; readonly signal?: AbortSignal },
  ): Promise<{ readonly status: number }> => ({ status: 200 }),
};

export const searchIndex = { update: async (_: string): Promise<void> => undefined };

export const mail = {
  invoice: async (_: number): Promise<void> => undefined,
  welcome: async (_: string): Promise<void> => undefined,
};

/** A client for pages that do not create their own. */
export const client = new CloudTaskClient({
  url: "https://api.example.com/tasks/run",
  secret: process.env.TASKS_SECRET ?? "only-on-my-laptop",
});

export const getDb: Dependency<Session> = depends(() => session);

export const charge = async (_: number, __: string): Promise<void> => undefined;

export const stripe = {
  charge: async (
    _: Order,
    __: { readonly idempotencyKey: string; readonly signal: AbortSignal },
  ): Promise<{ readonly status: number }> => ({ status: 200 }),
};

/** The part of OpenTelemetry's `Span` that the pages use. */
interface Span {
  recordException(error: Error): void;
  end(): void;
}

export const trace = {
  getTracer: (_: string) => ({
    startActiveSpan: <T>(_: string, run: (span: Span) => T): T =>
      run({ recordException: () => undefined, end: () => undefined }),
  }),
};
