// Shows a deployment's sources to Sourcify, which compiles them and compares the result with the chain's code.
//   npm run sourcify -- <deployments file>      (DESCENT_RPC names the chain's node)
import { fileURLToPath, pathToFileURL } from 'node:url';
import hardhatVerify from '@nomicfoundation/hardhat-verify';
import { verifyContract } from '@nomicfoundation/hardhat-verify/verify';
import { createHardhatRuntimeEnvironment } from 'hardhat/hre';
import { type Abi, decodeAbiParameters, type Hex } from 'viem';
import config from '../../hardhat.config.ts';
import { DescentError } from '../../src/errors/DescentError.ts';
import { InputError } from '../../src/errors/InputError.ts';
import { reportError } from '../terminal/reportError.ts';
import { connect, redact, shortMessage } from './client.ts';
import { type Deployment, readDeployments } from './deploy.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/**
 * Verifies every contract of a deployment that is not verified yet.
 * @param rpc node of the deployment's chain; Sourcify must know the chain, so not a local one
 * @param server another Sourcify server than the public one
 * @throws DescentError (chain) with the first contract that Sourcify does not accept
 */
export async function verifySources(deployment: Deployment, rpc: string, server?: string): Promise<void> {
  const environment = await createHardhatRuntimeEnvironment(
    {
      ...config,
      plugins: [...(config.plugins ?? []), hardhatVerify],
      networks: { target: { type: 'http', url: rpc } },
      verify: { sourcify: { apiUrl: server } },
    },
    // The profile that deployments are built with.
    { network: 'target', buildProfile: 'default' },
    ROOT,
  );
  for (const [contract, { address, arguments: encoded }] of Object.entries(deployment.contracts)) {
    const { abi } = await environment.artifacts.readArtifact(contract);
    const constructorArgs = decoded(abi as Abi, encoded);
    try {
      await verifyContract({ address, contract, constructorArgs, provider: 'sourcify' }, environment);
    } catch (cause) {
      throw new DescentError(`Sourcify does not accept ${contract} at ${address}.`, {
        cause,
        details: shortMessage(cause),
        code: 'NOT_VERIFIED',
        exit: 'chain',
        hint: 'Were the contracts deployed from this checkout, with the locked compiler? Check out the commit that was.',
      });
    }
  }
}

function decoded(abi: Abi, encoded: Hex): unknown[] {
  const inputs = abi.find((entry) => entry.type === 'constructor')?.inputs ?? [];
  return inputs.length === 0 ? [] : [...decodeAbiParameters(inputs, encoded)];
}

async function main([file]: string[]): Promise<void> {
  const rpc = process.env.DESCENT_RPC;
  if (file === undefined || rpc === undefined) {
    throw new InputError('Which deployment?', {
      hint: 'DESCENT_RPC=<node> npm run sourcify -- <deployments file>; descent deploy --deployments writes one.',
    });
  }
  const { id } = await connect(rpc);
  const deployment = readDeployments(file)[id];
  if (deployment === undefined) throw new InputError(`${file} knows no deployment on chain ${id} (${redact(rpc)}).`);
  await verifySources(deployment, rpc);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  main(process.argv.slice(2)).catch((error) => {
    process.exitCode = reportError(error, { json: false });
  });
}
