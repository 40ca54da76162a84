// Verifies an edge file apart from the page, which stays smooth meanwhile.
import { checkProof, checkRunProofs } from '../../../src/proof/checkProof.ts';
import type { Check } from '../../../src/registry/check.ts';
import { circuitFor } from '../../../src/registry/statement.ts';
import type { Message } from '../chain/types.ts';
import { type ReadFile, readFile } from '../readFile.ts';
import { installedKeys } from './installedKeys.ts';

export interface VerifyRequest {
  /** text of an edge file or of the file of a run */
  text: string;
  /** where keys are fetched from */
  base: string;
}

/** The checks so far, whether more come, or why nothing can be said. */
export type VerifyReply = { checks: Check[]; done: boolean } | { problem: Message };

const send = (reply: VerifyReply) => postMessage(reply);

addEventListener('message', async ({ data }: MessageEvent<VerifyRequest>) => {
  try {
    await verify(data);
  } catch (error) {
    const { shortMessage, hint } = error as { shortMessage?: string; hint?: string };
    send({ problem: { title: shortMessage ?? 'The proof cannot be checked here.', ...(hint && { hint }) } });
  }
});

async function verify({ text, base }: VerifyRequest): Promise<void> {
  let file: ReadFile;
  try {
    file = readFile(text);
  } catch (error) {
    return send({ checks: [{ about: 'file', holds: false, says: reasonOf(error) }], done: true });
  }
  const { edge, run } = file;
  const circuit = circuitFor(edge.statement);
  const says = run ? `a run of ${run.edges.length} segments that follow one another` : `program ${circuit}`;
  const read: Check = { about: 'file', holds: true, says };
  send({ checks: [read], done: false });
  const keys = await installedKeys(circuit, base);
  send({ checks: [read, ...(run ? checkRunProofs(run, keys) : checkProof(edge, keys))], done: true });
}

function reasonOf(error: unknown): string {
  const { shortMessage, cause } = error as { shortMessage?: string; cause?: unknown };
  const reason = shortMessage ?? String(error);
  return cause instanceof Error ? `${reason} ${cause.message.split('\n')[0]}` : reason;
}
