// NestJS: a method of a provider handles a task. Its dependencies are injected; each delivery has its own outbox.
import "reflect-metadata";
import { CloudTaskModule, OnTask } from "@cloudtask/nestjs";
import { Controller, Inject, Injectable, Module, Post, Scope } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { CloudTaskClient } from "cloudtask";

const port = Number(process.env.PORT ?? 8080);
const client = new CloudTaskClient({ url: `http://localhost:${port}/tasks/run`, secret: "only-on-my-laptop" });
const sendWelcomeEmail = client.declare<{ email: string }>("send-welcome-email");

@Injectable({ scope: Scope.REQUEST })
class Outbox {
  readonly send = (line: string): void => console.log(line);
}

@Injectable()
class Mailer {
  @Inject(Outbox) readonly outbox!: Outbox;

  @OnTask(sendWelcomeEmail)
  async welcome(user: { email: string }): Promise<void> {
    this.outbox.send(`welcome, ${user.email}`);
  }
}

@Controller()
class Signup {
  @Post("signup")
  async signup(): Promise<string> {
    return `pushed ${(await sendWelcomeEmail({ email: "ada@example.com" }).push()).id}\n`;
  }
}

const tasks = CloudTaskModule.forRoot({ client, closeClient: true });

@Module({ imports: [tasks], providers: [Outbox, Mailer], controllers: [Signup] })
class AppModule {}

await (await NestFactory.create(AppModule)).enableShutdownHooks().listen(port);
