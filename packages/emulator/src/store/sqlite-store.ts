import { resolve } from "node:path";
import type Sqlite from "libsql";
import type { QueueRecord, StoredValue, TaskRecord, TaskRequest, Tombstone } from "../engine/records.ts";
import { DataFiles } from "./data-files.ts";
import { rowError } from "./database-error.ts";
import { GroupCommit } from "./group-commit.ts";
import { closeDatabase, openDatabase } from "./open-database.ts";
import { PendingChanges } from "./pending-changes.ts";
import { RecentRequests } from "./recent-requests.ts";
import { newTaskCells, type RequestRow, requestCells, requestOf, type Text, tasksOf, textIn } from "./rows.ts";
import { prepareStatements, type Statements, TASKS_PER_READ } from "./statements.ts";
import type { PurgedNames, Store, StoredState } from "./store.ts";
import type { StoreError } from "./store-error.ts";
import { type DroppedRow, droppedArea, Sweeper } from "./sweeper.ts";

/** The areas of a queue: see `schema.ts`. */
interface Areas {
  tasks: number;
  readonly tombstones: number;
}

type OnFailure = (failure: StoreError) => void;

/** The area with the tombstones of queues. */
const QUEUE_TOMBSTONES = 0;

/**
 * Opens the store in a directory, and creates the directory if it does not exist. The store is locked for this process until
 * it is closed or the process ends.
 *
 * @param dataDir - an absolute path, or one relative to the working directory
 * @param onFailure - called once, synchronously, when a change cannot be written. The store then accepts no more changes.
 * @throws StoreError if the directory cannot be used
 */
export async function openSqliteStore(dataDir: string, onFailure: OnFailure = () => {}): Promise<Store> {
  const directory = resolve(dataDir);
  const db = await openDatabase(directory);
  try {
    return new SqliteStore(db, directory, onFailure);
  } catch (error) {
    closeDatabase(db, directory);
    throw rowError(directory, error);
  }
}

/** Keeps the state in a SQLite database. Requests are read from it when needed. */
class SqliteStore implements Store {
  readonly #db: Sqlite.Database;
  readonly #directory: string;
  readonly #statements: Statements;
  readonly #files: DataFiles;
  readonly #commits: GroupCommit;
  readonly #sweeper: Sweeper;
  readonly #pending: PendingChanges;
  readonly #requests = new RecentRequests();
  readonly #queues = new Map<string, Areas>();
  #lastArea: number = QUEUE_TOMBSTONES;
  #closed: Promise<void> | undefined;

  constructor(db: Sqlite.Database, directory: string, onFailure: OnFailure) {
    this.#db = db;
    this.#directory = directory;
    this.#statements = prepareStatements(db);
    this.#files = new DataFiles(directory);
    this.#pending = new PendingChanges(this.#statements);
    this.#commits = new GroupCommit({
      db,
      directory,
      files: this.#files,
      beforeCommit: () => this.#pending.write(),
      onFailure,
    });
    for (const [name, tasks, tombstones] of this.#rows<[Text, number, number]>("areas")) {
      this.#queues.set(textIn(name), { tasks, tombstones });
      this.#lastArea = Math.max(this.#lastArea, tasks, tombstones);
    }
    const dropped = [...this.#rows<DroppedRow>("dropped")].map(droppedArea);
    for (const { area } of dropped) this.#lastArea = Math.max(this.#lastArea, area);
    this.#sweeper = new Sweeper(this.#statements, this.#commits, dropped);
  }

  load(): StoredState {
    this.#commits.change(() => this.#pending.write());
    return {
      queues: this.#storedQueues(),
      tasks: this.#storedTasks(),
      tombstones: this.#storedTombstones(),
      values: this.#storedValues(),
    };
  }

  putQueue(queue: QueueRecord): void {
    const record = JSON.stringify(queue);
    this.#commits.change(() => {
      if (this.#queues.has(queue.name)) {
        this.#statements.updateQueue.run([queue.name, record]);
        return;
      }
      const areas = { tasks: this.#newArea(), tombstones: this.#newArea() };
      this.#statements.insertQueue.run([queue.name, areas.tasks, areas.tombstones, record]);
      this.#queues.set(queue.name, areas);
    });
  }

  deleteQueue(name: string): void {
    const areas = this.#queues.get(name);
    if (areas) this.#commits.change(() => this.#dropQueue(name, areas));
  }

  insertTask(task: TaskRecord, request: TaskRequest): void {
    const areas = this.#queues.get(task.queue);
    this.#commits.change(() => {
      if (!areas) throw new Error(`The store has no queue ${task.queue} for task ${task.id}.`);
      this.#statements.insertTask.run([areas.tasks, ...newTaskCells(task)]);
      this.#statements.insertRequest.run([areas.tasks, task.sequence, ...requestCells(request)]);
      this.#requests.add(task.sequence, request);
    });
  }

  updateTask(task: TaskRecord): void {
    const areas = this.#queues.get(task.queue);
    if (areas) this.#commits.change(() => this.#pending.update(areas.tasks, task));
  }

  deleteTask({ queue, sequence }: TaskRecord): void {
    const areas = this.#queues.get(queue);
    if (!areas) return;
    this.#requests.delete(sequence);
    this.#commits.change(() => this.#pending.delete(areas.tasks, sequence));
  }

  deleteTasks(queue: string): void {
    this.#abandonTasks(queue, undefined);
  }

  purgeTasks(queue: string, names: PurgedNames): void {
    this.#abandonTasks(queue, names);
  }

  requestOf({ queue, sequence }: TaskRecord): TaskRequest | undefined {
    const areas = this.#queues.get(queue);
    if (!areas || this.#pending.isDeleted(sequence)) return undefined;
    const recent = this.#requests.get(sequence);
    if (recent) return recent;
    return this.#read(() => {
      const row = this.#statements.request.get([areas.tasks, sequence]) as RequestRow | undefined;
      return row && requestOf(row);
    });
  }

  putTombstone({ name, named, reusableAt }: Tombstone): void {
    const place = this.#placeOf(name);
    if (place) this.#commits.change(() => this.#statements.putTombstone.run([...place, Number(named), reusableAt]));
  }

  deleteTombstone(name: string): void {
    const place = this.#placeOf(name);
    if (place) this.#commits.change(() => this.#statements.deleteTombstone.run(place));
  }

  putValue({ key, value }: StoredValue): void {
    // Stored as JSON, because SQLite text ends at a NUL character.
    this.#commits.change(() => this.#statements.putValue.run([key, JSON.stringify(value)]));
  }

  deleteValue(key: string): void {
    this.#commits.change(() => this.#statements.deleteValue.run([key]));
  }

  clear(): void {
    this.#commits.change(() => {
      for (const [name, areas] of this.#queues) this.#dropQueue(name, areas);
      this.#statements.deleteTombstones.run([QUEUE_TOMBSTONES]);
    });
  }

  flushed(): Promise<void> {
    return this.#commits.flushed();
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#sweeper.stop();
    const failure = await this.#commits.close();
    this.#closeDatabase();
    if (failure) throw failure;
  }

  #closeDatabase(): void {
    try {
      this.#files.check();
    } catch {
      // There is no file to move the log into.
      this.#db.close();
      return;
    }
    closeDatabase(this.#db, this.#directory);
  }

  #abandonTasks(queue: string, names: PurgedNames | undefined): void {
    const areas = this.#queues.get(queue);
    if (!areas) return;
    this.#requests.clear();
    this.#commits.change(() => {
      this.#pending.write();
      this.#sweeper.drop({ area: areas.tasks, names: names && { ...names, tombstones: areas.tombstones } });
      areas.tasks = this.#newArea();
      this.#statements.moveQueue.run([queue, areas.tasks]);
    });
  }

  #dropQueue(name: string, { tasks, tombstones }: Areas): void {
    this.#requests.clear();
    this.#pending.write();
    this.#statements.deleteQueue.run([name]);
    this.#sweeper.drop({ area: tasks, names: undefined });
    this.#sweeper.dropTombstones(tombstones);
    this.#queues.delete(name);
  }

  #newArea(): number {
    this.#lastArea += 1;
    return this.#lastArea;
  }

  /** Returns the area and the id of a tombstone, `undefined` if its queue does not exist. */
  #placeOf(name: string): readonly [area: number, id: string] | undefined {
    const [queue = "", id] = name.split("/tasks/");
    if (id === undefined) return [QUEUE_TOMBSTONES, name];
    const areas = this.#queues.get(queue);
    return areas && [areas.tombstones, id];
  }

  *#storedQueues(): Generator<QueueRecord> {
    for (const [record] of this.#rows<[Text]>("queues"))
      yield this.#read(() => JSON.parse(textIn(record)) as QueueRecord);
  }

  *#storedTasks(): Generator<TaskRecord> {
    for (const [name, { tasks }] of this.#queues) {
      let read: readonly TaskRecord[];
      let last = 0;
      do {
        read = this.#read(() => tasksOf(name, (this.#statements.tasks.get([tasks, last]) as [Text])[0]));
        yield* read;
        last = read.at(-1)?.sequence ?? 0;
      } while (read.length === TASKS_PER_READ);
    }
  }

  *#storedTombstones(): Generator<Tombstone> {
    const places = [...this.#queues].map(([name, { tombstones }]) => [`${name}/tasks/`, tombstones] as const);
    for (const [prefix, area] of [["", QUEUE_TOMBSTONES] as const, ...places]) {
      const query = this.#sweeper.movesNamesTo(area) ? "purged" : "tombstones";
      for (const [id, named, reusableAt] of this.#rows<[Text, number, number]>(query, area)) {
        yield { name: `${prefix}${this.#read(() => textIn(id))}`, named: named === 1, reusableAt };
      }
    }
  }

  *#storedValues(): Generator<StoredValue> {
    for (const [key, value] of this.#rows<[Text, Text]>("values")) {
      yield this.#read(() => ({ key: textIn(key), value: JSON.parse(textIn(value)) as string }));
    }
  }

  *#rows<Row>(query: keyof Statements, ...parameters: readonly number[]): Generator<Row> {
    try {
      yield* this.#statements[query].iterate([...parameters]) as Iterable<Row>;
    } catch (error) {
      throw rowError(this.#directory, error);
    }
  }

  #read<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      throw rowError(this.#directory, error);
    }
  }
}
