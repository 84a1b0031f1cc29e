import Database from "libsql";

/** A connection to the shop's SQLite file. It reads only what other connections have committed. */
export type Session = Database.Database;

export function connect(): Session {
  return new Database(process.env.DATABASE_FILE ?? "shop.db");
}

/** Runs `work` with a new connection, and closes the connection afterwards. */
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
    // With a write-ahead log, readers do not wait for the writer.
    session.pragma("journal_mode = WAL");
    session.exec(`
      CREATE TABLE orders (id INTEGER PRIMARY KEY, item TEXT, cents INTEGER, status TEXT, due TEXT) STRICT;
      CREATE TABLE invoices (order_id INTEGER PRIMARY KEY, cents INTEGER, status TEXT) STRICT;
    `);
  });
}
