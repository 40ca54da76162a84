import { DescentError } from '../../src/errors/DescentError.ts';
import { ServerFailure, startChildServer } from './childServer.ts';

export interface LocalNode {
  /** http://127.0.0.1:<free port> */
  rpc: string;
  close(): Promise<void>;
}

/**
 * Starts a Hardhat node of its own on 127.0.0.1 and a free port. It ends with `close` and also when this process dies,
 * however it dies.
 * @throws DescentError (chain) when the node does not start, with the last lines it said.
 */
export async function startLocalNode(): Promise<LocalNode> {
  try {
    const { address, close } = await startChildServer('scripts/chain/nodeProcess.ts');
    return { rpc: address, close };
  } catch (cause) {
    if (!(cause instanceof ServerFailure)) throw cause;
    throw new DescentError('The local chain did not start.', { cause, exit: 'chain', details: cause.message });
  }
}
