// node bench/peers/ezkl/gas.ts <folder>: compiles EZKL's verifier.sol with the project's solc, deploys it on a node of its
// own and sends it calldata.bin. Prints the gas of the transaction, as `descent submit` pays it, and what deploying took.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { bytesToHex, createTestClient, type Hex, http, publicActions, walletActions } from 'viem';
import { hardhat } from 'viem/chains';
import { startLocalNode } from '../../../scripts/chain/localNode.ts';

const SOURCE = 'verifier.sol';
/** Bytes of a contract's code at most: EIP-170. */
const LARGEST_CODE = 24_576;
const ELSEWHERE = '0x00000000000000000000000000000000000000aa';

interface Compiled {
  errors?: { severity: string; formattedMessage: string }[];
  contracts?: Record<
    string,
    Record<string, { evm: { bytecode: { object: string }; deployedBytecode: { object: string } } }>
  >;
}

const [folder] = process.argv.slice(2);
const { creation, runtime } = compile(readFileSync(join(folder, SOURCE), 'utf8'));
const data = bytesToHex(readFileSync(join(folder, 'calldata.bin')));
const node = await startLocalNode();
try {
  const client = createTestClient({ chain: hardhat, mode: 'hardhat', transport: http(node.rpc) })
    .extend(publicActions)
    .extend(walletActions);
  const [account] = await client.getAddresses();
  const send = async (transaction: { to?: Hex; data: Hex }) => {
    const hash = await client.sendTransaction({ account, gas: 16_000_000n, ...transaction });
    const receipt = await client.waitForTransactionReceipt({ hash });
    if (receipt.status !== 'success')
      throw new Error(`the verifier's ${transaction.to ? 'call' : 'deployment'} reverted`);
    return receipt;
  };
  const fits = runtime.length / 2 - 1 <= LARGEST_CODE;
  const deployed = fits ? await send({ data: creation }) : undefined;
  const to = deployed?.contractAddress ?? ELSEWHERE;
  // One that no chain takes is put there, to know what a call would cost.
  if (!fits) await client.setCode({ address: to, bytecode: runtime });
  // It answers with a boolean.
  const { data: answer } = await client.call({ to, data });
  if (answer === undefined || BigInt(answer) !== 1n) throw new Error('the verifier does not accept the proof');
  const { gasUsed } = await send({ to, data });
  const result = {
    verifyGas: Number(gasUsed),
    deployGas: deployed && Number(deployed.gasUsed),
    codeBytes: runtime.length / 2 - 1,
    fits,
    calldataBytes: data.length / 2 - 1,
  };
  process.stdout.write(`${JSON.stringify(result)}\n`);
} finally {
  await node.close();
}

function compile(content: string): { creation: Hex; runtime: Hex } {
  const solc = createRequire(import.meta.url)('solc') as { compile(input: string): string };
  const input = {
    language: 'Solidity',
    sources: { [SOURCE]: { content } },
    settings: {
      optimizer: { enabled: true, runs: 1 },
      outputSelection: { '*': { '*': ['evm.bytecode.object', 'evm.deployedBytecode.object'] } },
    },
  };
  const { errors = [], contracts = {} } = JSON.parse(solc.compile(JSON.stringify(input))) as Compiled;
  const failed = errors.find(({ severity }) => severity === 'error');
  if (failed) throw new Error(failed.formattedMessage);
  const [{ evm }] = Object.values(contracts[SOURCE]);
  return { creation: `0x${evm.bytecode.object}`, runtime: `0x${evm.deployedBytecode.object}` };
}
