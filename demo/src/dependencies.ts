import { depends } from "cloudtask";
import { connect } from "./database.ts";
import { Invoices, Orders } from "./repositories.ts";

/** One transaction per delivery: committed after the handler returns, rolled back if it throws. */
const getSession = depends(function* () {
  const session = connect();
  try {
    session.exec("BEGIN IMMEDIATE");
    yield session;
    session.exec("COMMIT");
  } catch (error) {
    if (session.inTransaction) session.exec("ROLLBACK");
    throw error;
  } finally {
    session.close();
  }
});

export const getOrders = depends({ session: getSession }, ({ session }) => new Orders(session));
export const getInvoices = depends({ session: getSession }, ({ session }) => new Invoices(session));
