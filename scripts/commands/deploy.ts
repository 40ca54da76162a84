import type { Command } from 'commander';
import { connect, parseAddress } from '../chain/client.ts';
import type { Deployment } from '../chain/deploy.ts';
import { loadAccount } from '../chain/keys.ts';
import { type ChainOptions, type CommonOptions, outputOf, withCommon, withKey, withRpc } from './options.ts';

interface DeployCommandOptions extends CommonOptions, ChainOptions {
  owner?: string;
  deployments?: string;
  allowDevKeys?: boolean;
}

export function addDeployCommand(program: Command): void {
  withCommon(withKey(withRpc(program.command('deploy'))))
    .description('put a registry and all that belongs to it on a chain, at addresses that follow from the code')
    .option('--owner <address>', 'who may add verifiers, 0x00..00 for nobody (default: the account that pays)')
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
        deploymentsFile: options.deployments,
        allowDevKeysOffLocal: options.allowDevKeys,
      });
      output.progress.done();
      output.result(deployment, describe(deployment));
    });
}

function describe({ chainId, devKeys, owner, ...made }: Deployment): string {
  const lines = (['registry', 'scoreboard', 'creditVault', 'bountyBoard', 'relay', 'cards'] as const).map(
    (name) => `${name.padEnd(12)} ${made[name]}`,
  );
  return [
    `Chain ${chainId} has a registry${devKeys ? ' with development keys: it proves nothing' : ''}.`,
    ...lines,
    `${'verifiers'.padEnd(12)} ${made.verifiersContract}, owned by ${owner}`,
  ].join('\n');
}
