// A NestJS app as its command line sets one up: compiled to CommonJS. What happens in it stands on stdout, a line each.
require("reflect-metadata");
const { Module } = require("@nestjs/common");
const { NestFactory } = require("@nestjs/core");
const { CloudTaskClient } = require("cloudtask");
const { CloudTaskModule, OnTask } = require("@cloudtask/nestjs");

const say = (line) => process.stdout.write(`${line}\n`);
const client = new CloudTaskClient({ url: "http://worker.test/tasks/run", secret: "s3cret" });
const slow = client.declare("slow");

class Pool {
  onModuleDestroy() {
    say("pool closed");
  }
}

class Slow {
  async run(ms) {
    say("started");
    await new Promise((resolve) => setTimeout(resolve, ms));
    say("ended");
  }
}
OnTask(slow)(Slow.prototype, "run", Object.getOwnPropertyDescriptor(Slow.prototype, "run"));

class AppModule {}
Module({ imports: [CloudTaskModule.forRoot({ client })], providers: [Pool, Slow] })(AppModule);

NestFactory.create(AppModule, { logger: false }).then(async (app) => {
  app.enableShutdownHooks();
  await app.listen(0, "127.0.0.1");
  say(await app.getUrl());
  say(app.get(CloudTaskClient) === client ? "one client" : "two clients");
});
