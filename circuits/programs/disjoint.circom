// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

include "../lib/begin.circom";
include "../lib/finish.circom";
include "../lib/fingerprint.circom";
include "../lib/multilinear.circom";
include "../lib/select.circom";
include "../lib/sizes.circom";
include "../lib/slots.circom";
include "../lib/sumcheck.circom";
include "../lib/transcript.circom";
include "../generated/disjoint.circom";

/**
 * @title Disjoint
 * @notice No row of one shard has the inputs of a row of another, or of a public record (protocol of audits, section 1):
 *   A(Z) = prod (Z - fingerprint) over the real rows of the first shard and B(Z) over those of the second have no common
 *   root, because U A + V B = 1 for committed U and V. What labels the rows have is not looked at.
 * @input fold: public; drawn by the contract after c and all signals
 * @input h: statement digest and commitment digests, assumed right: the contract computes them, the fold binds them
 * @input first, second: bound by the fold; the descriptors, constrained here to the sizes below
 * @input record: bound by the fold; assumed right: the contract computes it from the record, and says 0 for a shard
 * @input inputs1: inputs of both sides minus 1, constrained here
 * @input outputs1, rows1, classes, labels, places: fields of both descriptors, constrained here
 * @input traceOffset, helperOffset: layouts of the trace and of the helper, constrained here to bits
 * @input nonce, batch1[12][3], evals1, reduce[26][2], u, level2[10][2], u12[2], p2[32], s2[32]: the argument's messages,
 *   any field elements
 * @input chunkMask[8]: ones for the coordinates of the chunk that the contract is told, constrained here to a prefix
 * @output c, v: digest of the signals, and the signals folded (protocol, section 2)
 */
template Disjoint() {
  signal input fold;
  signal input h[DIGEST_COUNT()];
  signal input first;
  signal input second;
  signal input record;
  signal input inputs1;
  signal input outputs1[2];
  signal input rows1[2];
  signal input classes[2];
  signal input labels[2];
  signal input places[2][SHARD_COUNT()][26];
  signal input traceOffset[DISJOINT_T_COUNT()][26];
  signal input helperOffset[DISJOINT_H_COUNT()][26];
  signal input nonce[NONCE_COUNT()];
  signal input batch1[12][3];
  signal input evals1[DISJOINT_E_COUNT()];
  signal input reduce[26][2];
  signal input u[DISJOINT_O_COUNT()];
  signal input level2[10][2];
  signal input u12[2];
  signal input p2[32];
  signal input s2[32];
  signal input chunkMask[8];
  signal output c;
  signal output v;

  // 1. Sizes: both sides have as many inputs. Index k is 0 for the first side and 1 for the second.
  component sizes[2];
  for (var k = 0; k < 2; k++) {
    sizes[k] = ShardDescriptor();
    sizes[k].shard <== k == 0 ? first : second;
    sizes[k].inputs1 <== inputs1;
    sizes[k].outputs1 <== outputs1[k];
    sizes[k].rows1 <== rows1[k];
    sizes[k].classes <== classes[k];
    sizes[k].labels <== labels[k];
    sizes[k].offsets <== places[k];
  }

  // 2. Challenges: r after the statement, beta after U and V, x after the trees, lambda.
  component begin = CommitmentsWithFingerprints(DISJOINT_T_COUNT(), DISJOINT_H_COUNT(), DISJOINT_Q_COUNT());
  begin.h <== h;
  begin.traceOffset <== traceOffset;
  begin.helperOffset <== helperOffset;
  signal lambda <== Absorb(1)(begin.x, [nonce[NONCE_lambda()]]);
  signal weight[DISJOINT_R_COUNT()] <== Powers(DISJOINT_R_COUNT())(lambda);

  // 3. Batch 1: the instances, all over the row bits, every claim 0.
  component batch = Sumcheck(12, 3);
  batch.state <== lambda;
  batch.claim <== 0;
  batch.messages <== batch1;
  signal rho <== Absorb(DISJOINT_E_COUNT())(batch.next, evals1);

  // 4. Batch 1 at its point: a leaf is beta - fingerprint on a real row and 1 elsewhere, every further node the product of
  //    the two below it.
  var tau[12];
  for (var t = 0; t < 12; t++) tau[t] = begin.out[DISJOINT_Q_tau() + t];
  signal eq <== Eq(12)(batch.point, tau);
  signal real[2];
  signal leaf[2];
  signal node[2];
  signal leafWeighted[2];
  signal nodeWeighted[2];
  var phi[2] = [evals1[DISJOINT_E_phiA()], evals1[DISJOINT_E_phiB()] + record];
  var leafValue[2] = [evals1[DISJOINT_E_leafA()], evals1[DISJOINT_E_leafB()]];
  var nodeValue[2] = [evals1[DISJOINT_E_nodeA()], evals1[DISJOINT_E_nodeB()]];
  var even[2] = [evals1[DISJOINT_E_evenA()], evals1[DISJOINT_E_evenB()]];
  var odd[2] = [evals1[DISJOINT_E_oddA()], evals1[DISJOINT_E_oddB()]];
  var leafWeight[2] = [weight[DISJOINT_R_leafA()], weight[DISJOINT_R_leafB()]];
  var nodeWeight[2] = [weight[DISJOINT_R_nodeA()], weight[DISJOINT_R_nodeB()]];
  for (var k = 0; k < 2; k++) {
    real[k] <== AtMostExtension(12)(batch.point, sizes[k].rowBits);
    leaf[k] <== leafValue[k] - 1 - real[k] * (begin.beta - phi[k] - 1);
    node[k] <== nodeValue[k] - even[k] * odd[k];
    leafWeighted[k] <== leafWeight[k] * leaf[k];
    nodeWeighted[k] <== nodeWeight[k] * node[k];
  }
  signal zeroChecks <== eq * (leafWeighted[0] + leafWeighted[1] + nodeWeighted[0] + nodeWeighted[1]);
  batch.value === zeroChecks;

  // 5. U A + V B = 1 at beta: A and B have no common root.
  signal coprimeA <== evals1[DISJOINT_E_U()] * evals1[DISJOINT_E_productA()];
  signal coprimeB <== evals1[DISJOINT_E_V()] * evals1[DISJOINT_E_productB()];
  coprimeA + coprimeB === 1;

  // 6. The claims, weighted: the evaluations.
  signal claimWeight[DISJOINT_C_COUNT()] <== Powers(DISJOINT_C_COUNT())(rho);
  signal claim <== InnerProduct(DISJOINT_C_COUNT())(claimWeight, evals1);

  // 7. Reduction to one point y, opening there, fold of the signals.
  component finish = Finish(DISJOINT_O_COUNT(), 4);
  finish.state <== rho;
  finish.claim <== claim;
  finish.reduce <== reduce;
  finish.u <== u;
  finish.h <== h;
  finish.nonce <== nonce;
  finish.level2 <== level2;
  finish.u12 <== u12;
  finish.p2 <== p2;
  finish.s2 <== s2;
  finish.chunkMask <== chunkMask;
  finish.params <== [first, second, begin.r, record];
  finish.fold <== fold;
  c <== finish.c;
  v <== finish.v;

  // 8. The claims' weights at y. Shards: rows at rho, features by powers of r.
  component address[2];
  signal shardSlot[2];
  var phiWeight[2] = [claimWeight[DISJOINT_C_phiA()], claimWeight[DISJOINT_C_phiB()]];
  component powers = FingerprintSquares();
  powers.r <== begin.r;
  for (var k = 0; k < 2; k++) {
    address[k] = RowAddress();
    address[k].y <== finish.y;
    address[k].point <== batch.point;
    address[k].rowMask <== sizes[k].rowMask;
    address[k].rowLog <== sizes[k].rowLog;
    shardSlot[k] <== FeaturePowers()(address[k].features, powers.out, finish.y, sizes[k].rowLog, sizes[k].inLog,
      sizes[k].inMask, places[k][SHARD_X()], phiWeight[k]);
  }
  signal shards[2];
  for (var k = 0; k < 2; k++) shards[k] <== address[k].eq * shardSlot[k];

  // 9. Trace: U and V by powers of beta. Helper: the trees at (rho; 0), (rho; 1), (0; rho), (1; rho) and at their last product.
  signal traceWeight <== PowerSlots(2)(finish.y, begin.beta, traceOffset,
    [claimWeight[DISJOINT_C_U()], claimWeight[DISJOINT_C_V()]]);
  component tree = ProductTrees(2);
  tree.y <== finish.y;
  tree.point <== batch.point;
  tree.offset <== helperOffset;
  tree.weight <== [[claimWeight[DISJOINT_C_leafA()], claimWeight[DISJOINT_C_nodeA()], claimWeight[DISJOINT_C_evenA()],
    claimWeight[DISJOINT_C_oddA()], claimWeight[DISJOINT_C_productA()]], [claimWeight[DISJOINT_C_leafB()],
    claimWeight[DISJOINT_C_nodeB()], claimWeight[DISJOINT_C_evenB()], claimWeight[DISJOINT_C_oddB()],
    claimWeight[DISJOINT_C_productB()]]];
  var oracleWeights[DISJOINT_O_COUNT()];
  oracleWeights[DISJOINT_O_first()] = shards[0];
  oracleWeights[DISJOINT_O_second()] = shards[1];
  oracleWeights[DISJOINT_O_trace()] = traceWeight;
  oracleWeights[DISJOINT_O_helper()] = tree.out;
  signal reduced <== InnerProduct(DISJOINT_O_COUNT())(u, oracleWeights);
  finish.value === reduced;
}
