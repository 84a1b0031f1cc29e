import Database from "libsql";

export interface Order {
  readonly id: number;
  readonly email: string;
  readonly card: string;
  readonly status: "open" | "paid" | "cancelled";
}

/** Orders in a SQLite file that both services open, like a shared database server. */
export class Orders implements Disposable {
  readonly #database: Database.Database;

  constructor(file: string = process.env.SHOP_DATABASE ?? "shop.db") {
    this.#database = new Database(file);
    this.#database.exec(
      "CREATE TABLE IF NOT EXISTS orders (id INTEGER PRIMARY KEY, email TEXT, card TEXT, status TEXT DEFAULT 'open')",
    );
  }

  add(email: string, card: string): number {
    const { lastInsertRowid } = this.#database
      .prepare("INSERT INTO orders (email, card) VALUES (?, ?)")
      .run(email, card);
    return Number(lastInsertRowid);
  }

  get(id: number): Order | undefined {
    return this.#database.prepare("SELECT * FROM orders WHERE id = ?").get(id) as Order | undefined;
  }

  /**
   * Changes the status of an open order.
   *
   * @returns `false` if the order was not open any more
   */
  close(id: number, status: Order["status"]): boolean {
    const { changes } = this.#database
      .prepare("UPDATE orders SET status = ? WHERE id = ? AND status = 'open'")
      .run(status, id);
    return changes === 1;
  }

  begin(): void {
    this.#database.exec("BEGIN");
  }

  commit(): void {
    this.#database.exec("COMMIT");
  }

  rollback(): void {
    this.#database.exec("ROLLBACK");
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }
}
