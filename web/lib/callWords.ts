/** What calls do, by the function of the contract. */
const CALLS: Record<string, string> = {
  acceptKey: 'Accept to act for a trainer',
  attest: 'Attest data',
  cancelSignatures: 'Cancel signatures for a dataset',
  chooseShare: 'Choose the share of the next models',
  claim: 'Claim a bounty',
  claimAll: 'Claim credit',
  collect: 'Collect credit',
  fund: 'Set a bounty',
  lowerShare: 'Lower the share of a model',
  offerKey: 'Offer a key to act for a trainer',
  openBenchmark: 'Open a benchmark',
  pay: 'Pay a model',
  publish: 'Publish where a dataset is',
  refund: 'Give a bounty back to its funder',
  registerDataset: 'List a dataset',
  requestSeed: 'Ask for a seed',
  revoke: 'Revoke a dataset',
  sealBenchmark: 'Seal a benchmark',
  setOperator: 'Let an operator attest',
  setPayout: 'Choose where money goes',
  setStatus: 'Change the status of a model',
  supersede: 'Name the successor of a model',
  unsealBenchmark: 'Unseal a benchmark',
  withdraw: 'Withdraw money',
  withdrawAttestation: 'Withdraw an attestation',
  withdrawFor: 'Withdraw money',
  withdrawRefund: 'Withdraw money that was given back',
  writeCard: 'Write the card of a model',
};

/** What a call does, in words. */
export function callWords(functionName: string): string {
  return Object.hasOwn(CALLS, functionName) ? CALLS[functionName] : `Call ${functionName}`;
}
