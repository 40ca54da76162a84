import type { Command } from 'commander';
import { InputError } from '../../src/errors/InputError.ts';
import { connect, parseAddress } from '../chain/client.ts';
import type { Deployment } from '../chain/deploy.ts';
import { loadAccount } from '../chain/keys.ts';
import { eachPlace } from '../chain/places.ts';
import { type ChainOptions, type CommonOptions, outputOf, withCommon, withKey, withRpc } from './options.ts';

interface DeployCommandOptions extends CommonOptions, ChainOptions {
  owner?: string;
  delay?: string;
  deployments?: string;
  allowDevKeys?: boolean;
}

export function addDeployCommand(program: Command): void {
  withCommon(withKey(withRpc(program.command('deploy'))))
    .description('put a registry and all that belongs to it on a chain, at addresses that follow from the code')
    .option('--owner <address>', 'who may add keys, 0x00..00 for nobody (default: the account that pays)')
    .option('--delay <days>', 'days until an added key counts, 2 to 365 (default: 7)')
    .option('--deployments <file>', 'file that keeps deployments by chain id')
    .option('--allow-dev-keys', 'take development keys, with which anybody can forge, to a chain that is not local')
    .action(async (options: DeployCommandOptions) => {
      const output = outputOf(options);
      const owner = options.owner === undefined ? undefined : parseAddress(options.owner, '--owner');
      const { id } = await connect(options.rpc);
      const account = loadAccount(options, id);
      const { deployRegistry } = await import('../chain/deploy.ts');
      output.progress.stage('deploy');
      const deployment = await deployRegistry(options.rpc, {
        account,
        owner,
        delay: parseDelay(options.delay),
        deploymentsFile: options.deployments,
        allowDevKeysOffLocal: options.allowDevKeys,
      });
      output.progress.done();
      output.result(deployment, describe(deployment));
    });
}

/** Whole days as seconds. @throws InputError outside of what the contract takes */
function parseDelay(days: string | undefined): bigint | undefined {
  if (days === undefined) return undefined;
  if (!/^\d{1,3}$/.test(days) || Number(days) < 2 || Number(days) > 365)
    throw new InputError(`--delay takes 2 to 365 days, not ${days}.`);
  return BigInt(days) * 86_400n;
}

function describe({ chainId, devKeys, owner, ...made }: Deployment): string {
  const lines = Object.entries(eachPlace((place) => made[place])).map(
    ([place, address]) => `${place.padEnd(16)} ${address}`,
  );
  return [
    `Chain ${chainId} has a registry${devKeys ? ' with development keys: it proves nothing' : ''}.`,
    ...lines,
    `${'verifiers'.padEnd(16)} ${made.verifiersContract}, owned by ${owner}, whose further keys count after ${made.delay / 86_400} days`,
  ].join('\n');
}
