import type { Session } from "./database.ts";

export interface Order {
  readonly id: number;
  readonly cents: number;
  readonly status: "new" | "processed" | "refunded";
  readonly due: string | null;
}

export class Orders {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  create(item: string, cents: number): Order {
    const insert = "INSERT INTO orders (item, cents, status) VALUES (?, ?, 'new') RETURNING *";
    return this.#session.prepare(insert).get(item, cents) as Order;
  }

  get(id: number): Order {
    const order = this.#session.prepare("SELECT * FROM orders WHERE id = ?").get(id);
    if (order === undefined) throw new Error(`there is no order ${id}`);
    return order as Order;
  }

  process(id: number, due: Date): Order {
    this.#session.prepare("UPDATE orders SET status = 'processed', due = ? WHERE id = ?").run(due.toISOString(), id);
    return this.get(id);
  }

  refund(id: number): void {
    this.#session.prepare("UPDATE orders SET status = 'refunded' WHERE id = ?").run(id);
  }
}

export interface Invoice {
  readonly cents: number;
  readonly status: "open" | "cancelled";
}

export class Invoices {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  issue(orderId: number, cents: number): void {
    this.#session.prepare("INSERT INTO invoices VALUES (?, ?, 'open')").run(orderId, cents);
  }

  cancel(orderId: number): void {
    this.#session.prepare("UPDATE invoices SET status = 'cancelled' WHERE order_id = ?").run(orderId);
  }

  of(orderId: number): Invoice | undefined {
    return this.#session.prepare("SELECT * FROM invoices WHERE order_id = ?").get(orderId) as Invoice | undefined;
  }
}
