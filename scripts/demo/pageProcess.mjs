// The process of the page: pageProcess.mjs <port, 0 for a free one>. Reports to the parent and ends when that lets go.
// Plain JavaScript, because the types of next change those of process in the whole project.
import { createServer } from 'node:http';
import { join } from 'node:path';
import next from 'next';

const HOST = '127.0.0.1';
process.on('disconnect', () => process.exit(0));

const server = createServer();
server.once('error', ({ code, message }) => process.send?.({ problem: code ?? message }));
server.listen(Number(process.argv[2]), HOST, async () => {
  const { port } = server.address();
  // Absolute links, as in previews, name this server.
  process.env.DESCENT_SITE = `http://${HOST}:${port}`;
  const app = next({ dev: false, dir: join(process.cwd(), 'web'), hostname: HOST, port });
  await app.prepare();
  server.on('request', app.getRequestHandler());
  process.send?.({ port });
});
