import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { DescentError } from '../../src/errors/DescentError.ts';
import { InputError } from '../../src/errors/InputError.ts';
import { type ChildServer, ServerFailure, startChildServer } from '../chain/childServer.ts';

const BUILT = fileURLToPath(new URL('../../web/.next/BUILD_ID', import.meta.url));

/**
 * Serves the built page on 127.0.0.1 until `close` or the end of this process, reading the given deployment file.
 * @param port 0 for a free one.
 * @throws InputError when the port is taken; DescentError (NOT_BUILT) when the page is not built, (PAGE) when it fails.
 */
export async function servePage(deploymentFile: string, port = 0): Promise<ChildServer> {
  if (!existsSync(BUILT)) {
    throw new DescentError('The page is not built.', { code: 'NOT_BUILT', hint: 'Build it with npm run build.' });
  }
  // The caller's own chain would go before the file.
  const { DESCENT_RPC: _rpc, DESCENT_REGISTRY: _registry, ...env } = process.env;
  try {
    return await startChildServer('scripts/demo/pageProcess.mjs', {
      args: [String(port)],
      env: { ...env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1', DESCENT_DEPLOYMENT: deploymentFile },
    });
  } catch (cause) {
    if (!(cause instanceof ServerFailure)) throw cause;
    const { problem, message } = cause;
    if (problem === 'EADDRINUSE' || problem === 'EACCES') {
      const reason = problem === 'EACCES' ? 'needs permission' : 'is taken';
      throw new InputError(`Port ${port} of 127.0.0.1 ${reason}.`, {
        cause,
        hint: 'Give another --port, or none: then a free one is found.',
      });
    }
    throw new DescentError('The page could not be served.', { cause, code: 'PAGE', details: message || problem });
  }
}
