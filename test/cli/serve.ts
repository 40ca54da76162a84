// Runs commands one after the other in one process, which has imported the command line once. Variables, folder, streams and exit
// code are those of a process of its own.
import { main } from '../../scripts/commands/main.ts';

export interface Call {
  args: string[];
  env: Record<string, string>;
  cwd: string;
}

export interface Answer {
  code: number;
  stdout: string;
  stderr: string;
}

async function answer({ args, env, cwd }: Call): Promise<Answer> {
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, env);
  process.chdir(cwd);
  process.exitCode = undefined;
  const said = { stdout: '', stderr: '' };
  const streams = ['stdout', 'stderr'] as const;
  const before = streams.map((name) => process[name].write);
  for (const name of streams) {
    process[name].write = (data: string | Uint8Array) => {
      said[name] += typeof data === 'string' ? data : Buffer.from(data).toString();
      return true;
    };
  }
  try {
    await main(args);
  } finally {
    streams.forEach((name, k) => {
      process[name].write = before[k];
    });
  }
  return { code: Number(process.exitCode ?? 0), ...said };
}

process.on('message', async (call: Call) => process.send!(await answer(call)));
process.on('disconnect', () => process.exit());
