// Everything that stands on a chain, for Hardhat Ignition: what fails halfway continues where it stopped.
//   npx hardhat ignition deploy scripts/ignition/modules/Descent.ts --network <name>
// Parameters: `owner` of the verifiers (else the first account), `allowDevKeysOffLocal`. With `--strategy create2` and a salt
// of one's own in the configuration addresses are deterministic too; scripts/deploy/deploy.ts always makes them so.
// Development keys prove nothing, so off local chains the deployment fails unless `allowDevKeysOffLocal` is set.
import { readFileSync } from 'node:fs';
import { buildModule } from '@nomicfoundation/hardhat-ignition/modules';
import { parseSrs } from '../../../src/registry/opening.ts';

/** In the order of the programs' numbers. */
const VERIFIERS = ['DataVerifier', 'SeedVerifier', 'TrainVerifier', 'RootVerifier', 'MergeVerifier', 'ScoreVerifier'];

export default buildModule('Descent', (module) => {
  const file = new URL('../../../src/generated/srs.json', import.meta.url);
  const { devKeys, tau, tauC, tauC2 } = parseSrs(JSON.parse(readFileSync(file, 'utf8')));
  const allowed = module.getParameter('allowDevKeysOffLocal', false);

  const owner = module.getParameter('owner', module.getAccount(0));

  const programs = VERIFIERS.map((name) => module.contract(name));
  const verifiers = module.contract('Verifiers', [
    programs,
    { tau: [...tau], tauC: [...tauC], tauC2: [...tauC2] },
    devKeys,
    allowed,
    owner,
  ]);
  const relay = module.contract('Relay');
  const registry = module.contract('ModelRegistry', [verifiers, relay]);
  const scoreboard = module.contract('Scoreboard', [registry, relay]);
  const creditVault = module.contract('CreditVault', [registry]);
  const bountyBoard = module.contract('BountyBoard', [registry, scoreboard]);
  const cards = module.contract('ModelCards', [registry, relay]);
  return { verifiers, relay, registry, scoreboard, creditVault, bountyBoard, cards };
});
