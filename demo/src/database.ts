import Database from "libsql";

/** A connection to the shop's SQLite file. Of other connections' work it sees what they have committed. */
export type Session = Database.Database;

export function connect(): Session {
  return new Database(process.env.DATABASE_FILE ?? "shop.db");
}

/** Lends a connection of its own to one piece of work. */
export function withConnection<T>(work: (session: Session) => T): T {
  const session = connect();
  try {
    return work(session);
  } finally {
    session.close();
  }
}

export function createTables(): void {
  withConnection((session) => {
    // With a write-ahead log a reader never waits for the writer.
    session.pragma("journal_mode = WAL");
    session.exec(`
      CREATE TABLE orders (id INTEGER PRIMARY KEY, item TEXT, cents INTEGER, status TEXT, due TEXT) STRICT;
      CREATE TABLE invoices (order_id INTEGER PRIMARY KEY, cents INTEGER, status TEXT) STRICT;
      CREATE TABLE dead_letters (task TEXT, payload TEXT, error TEXT) STRICT;
    `);
  });
}
