/** The page at `/` of an emulator that runs from its sources, before the dashboard was built. */
export const missingPage = `<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8">
<title>cloudtask emulator</title></head>
<body>
<h1>The emulator is running</h1>
<p>The pages of its dashboard are not built. Run this command in the repository, and load this page again:</p>
<pre>npm run build -w @cloudtask/dashboard</pre>
<p>The data of the dashboard is available as JSON: <a href="inspect/queues">inspect/queues</a>,
<a href="inspect/tasks">inspect/tasks</a>, <a href="inspect/attempts">inspect/attempts</a>.</p>
</body>
</html>
`;
