"""The client, the tasks and the worker of an application that uses py-cloud-task."""

from cloudtask import CloudTaskClient
from cloudtask.ext.fastapi import CloudTaskRouter
from fastapi import Depends, FastAPI, Header

client = CloudTaskClient(
    queue="q",
    project="p",
    location="l",
    url="",  # known once the worker listens
    sae="tasks@p.iam.gserviceaccount.com",
    secret="between-us",
)

runs = []
failures_left = 0


def caller(authorization: str = Header()):
    return authorization.partition(" ")[0]


@client.task(headers={"X_Order": "7"})
async def greet(name, caller=Depends(caller)):
    runs.append((name, caller))


@client.task(name="once")
def greet_once(name):
    runs.append(name)


@client.task()
def stumble(name):
    global failures_left
    runs.append(name)
    if failures_left > 0:
        failures_left -= 1
        raise RuntimeError("not yet")


app = FastAPI()
app.include_router(CloudTaskRouter(client), prefix="/tasks")
