import { openSqliteStore } from "../../src/store/sqlite-store.ts";
import type { Store } from "../../src/store/store.ts";
import { dataDir } from "../support/data-dir.ts";
import { storeSuite } from "./store-suite.ts";

const directories = new WeakMap<Store, string>();

async function open(directory: string = dataDir()): Promise<Store> {
  const store = await openSqliteStore(directory);
  directories.set(store, directory);
  return store;
}

async function reopen(store: Store): Promise<Store> {
  await store.close();
  return open(directories.get(store));
}

storeSuite("sqlite", open);

storeSuite("sqlite, reopened", open, reopen);
