// A node that answers nothing until it is told to: a port that nobody listens on, then one that leads to a real node.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

export interface SilentNode {
  rpc: string;
  /** From now on the node behind it answers. */
  speak(): Promise<void>;
  /** From now on nobody answers. */
  hush(): Promise<void>;
}

/** @param upstream URL of the node that answers once it may */
export async function silentNode(upstream: string): Promise<SilentNode> {
  const { hostname: host, port } = new URL(upstream);
  const sockets = new Set<Socket>();
  const create = () =>
    createServer((socket) => {
      const behind = connect(Number(port), host);
      for (const end of [socket, behind]) {
        sockets.add(end);
        end.on('error', () => end.destroy());
        end.on('close', () => sockets.delete(end));
      }
      socket.pipe(behind).pipe(socket);
    });
  let server: Server | undefined = create();
  const speak = async (at: number) => {
    server ??= create();
    server.listen(at, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  const hush = async () => {
    const closing = server;
    server = undefined;
    const closed = closing && new Promise((resolve) => closing.close(resolve));
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  const own = await speak(0);
  await hush();
  return {
    rpc: `http://127.0.0.1:${own}`,
    hush,
    speak: async () => {
      await speak(own);
    },
  };
}
