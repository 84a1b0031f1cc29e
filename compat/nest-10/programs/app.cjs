// A NestJS app compiled to CommonJS, as the command line of NestJS 10 creates one. It prints its events to stdout, one per line.
require("reflect-metadata");
const { Module } = require("@nestjs/common");
const { NestFactory } = require("@nestjs/core");
const { CloudTaskClient } = require("cloudtask");
const { CloudTaskModule, OnTask } = require("@cloudtask/nestjs");

const print = (line) => process.stdout.write(`${line}\n`);
const client = new CloudTaskClient({ url: "http://worker.test/tasks/run", secret: "s3cret-key" });
const slow = client.declare("slow");

class Pool {
  onModuleDestroy() {
    print("pool closed");
  }
}

class Slow {
  async run(ms) {
    print("started");
    await new Promise((resolve) => setTimeout(resolve, ms));
    print("ended");
  }
}
OnTask(slow)(Slow.prototype, "run", Object.getOwnPropertyDescriptor(Slow.prototype, "run"));

class AppModule {}
Module({ imports: [CloudTaskModule.forRoot({ client })], providers: [Pool, Slow] })(AppModule);

NestFactory.create(AppModule, { logger: false }).then(async (app) => {
  app.enableShutdownHooks();
  await app.listen(0, "127.0.0.1");
  print(await app.getUrl());
  print(app.get(CloudTaskClient) === client ? "one client" : "two clients");
});
