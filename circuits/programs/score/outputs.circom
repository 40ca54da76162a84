// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

include "../../lib/lookup.circom";
include "../../lib/multilinear.circom";
include "../../lib/numbers.circom";

// Numbers are those of the program that includes this file: score or convScore.

/**
 * @title Score, zero-checks of the outputs
 * @notice What holds for every row and class, weighted (protocol, section 11). Classes: B is a bit that may be 1 where the
 *   label's logit is above that of the class, P one where the class has the strictly largest logit; the margins less one, G
 *   and K, are limbs. Labels: B may be 1 where the logit has the right sign, P where B is. Regression: G is the absolute
 *   error, B its sign. E is 0 on padded classes and on others the pair's value.
 * @input classes, labels: cls, lab; assumed bits of which at most one is 1
 * @input softmax, sigmoid: s1, s2; assumed bits of which at most one is 1
 * @input beta, alpha, alphaSquare: the lookup challenges, and alpha^2
 * @input realRows, realClasses: le_rows and le_out at the point
 * @input signedLogit: (2 y - 1) Q at the point, y = Y / 2^fa
 * @input weight: powers of lambda
 * @input evals: evaluations at the point, in the order of the protocol
 * @output out: the weighted sum of the residues
 */
template ScoreOutputs() {
  signal input classes;
  signal input labels;
  signal input softmax;
  signal input sigmoid;
  signal input beta;
  signal input alpha;
  signal input alphaSquare;
  signal input realRows;
  signal input realClasses;
  signal input signedLogit;
  signal input weight[R_COUNT()];
  signal input evals[E_COUNT()];
  signal output out;

  var logit = evals[E_Q()] - HALF_LIMB();
  var onehot = evals[E_Y()] * (1 / ACTIVATION());   // field division: 2^fa has an inverse
  var B = evals[E_B()];
  var P = evals[E_P()];
  signal residue[10];

  // 1. Limbs: the margins by which B and P are right.
  residue[0] <== LookupGroup()(beta, [evals[E_G()], evals[E_K()], 0], evals[E_hG()], 1);
  signal realBelow <== realClasses * B;
  signal ofClass <== classes * (evals[E_L()] - logit - 1 + onehot);
  signal ofLabel <== labels * (signedLogit - 1);
  signal marginBelow <== realBelow * (ofClass + ofLabel);
  signal error <== (2 * B - 1) * (logit - evals[E_Y()]);
  signal realError <== realRows * error;
  signal ofRegression <== (1 - classes - labels) * realError;
  residue[1] <== evals[E_G()] - marginBelow - ofRegression;
  signal predicting <== classes * realClasses;
  signal predictingRow <== predicting * evals[E_p()];
  signal lead <== predictingRow * (evals[E_LP()] - logit - 1 + P);
  residue[2] <== evals[E_K()] - lead;

  // 2. B and P are bits, 0 on padding; a label is predicted only where it is right.
  residue[3] <== B * (B - 1);
  residue[4] <== B - realBelow;
  residue[5] <== P * (P - 1);
  signal real <== realRows * realClasses;
  residue[6] <== P * (1 - real);
  signal wrong <== P * (1 - B);
  residue[7] <== labels * wrong;

  // 3. The pair: (Z - Q, E) of softmax; of sigmoid E is the log-loss of the logit that speaks against the label.
  residue[8] <== evals[E_E()] * (1 - realClasses);
  signal below <== softmax * (evals[E_Z()] - logit);
  signal against <== sigmoid * (HALF_LIMB() - signedLogit);
  signal value <== alpha * evals[E_E()];
  signal pair <== evals[E_hF()] * (beta - below - against - value - alphaSquare);
  residue[9] <== pair - (softmax + sigmoid) * realClasses;

  out <== InnerProduct(10)([weight[R_hG()], weight[R_margin()], weight[R_lead()], weight[R_belowBit()],
    weight[R_belowPadding()], weight[R_predictedBit()], weight[R_predictedPadding()], weight[R_predictedLabel()],
    weight[R_powerPadding()], weight[R_hF()]], residue);
}

/**
 * @title Score, sums over rows and outputs
 * @notice The squared and the absolute error and the log-loss on real rows; Y Q and P Q at tau's rows, which are the logits
 *   of the label and of the predicted class (protocol, section 11).
 * @input classes, labels, softmax, sigmoid, realRows, weight, evals: as for ScoreOutputs
 * @input eqRows: eq of the rows' coordinates with tau
 * @output out: the weighted sum
 */
template ScoreSums() {
  signal input classes;
  signal input labels;
  signal input softmax;
  signal input sigmoid;
  signal input realRows;
  signal input eqRows;
  signal input weight[R_COUNT()];
  signal input evals[E_COUNT()];
  signal output out;

  var logit = evals[E_Q()] - HALF_LIMB();
  var onehot = evals[E_Y()] * (1 / ACTIVATION());
  signal square <== (logit - evals[E_Y()]) * (logit - evals[E_Y()]);
  signal absolute <== (1 - classes - labels) * evals[E_G()];
  signal labelLoss <== onehot * (LOSS_UNIT() * (evals[E_Z()] - logit) - evals[E_S()]);
  signal ofSoftmax <== softmax * labelLoss;
  signal ofSigmoid <== sigmoid * evals[E_E()];
  signal sums <== InnerProduct(3)([weight[R_error()], weight[R_absolute()], weight[R_loss()]],
    [square, absolute, ofSoftmax + ofSigmoid]);
  signal real <== realRows * sums;
  signal labelled <== evals[E_Y()] * logit;
  signal predicted <== evals[E_P()] * logit;
  signal logits <== InnerProduct(2)([weight[R_labelled()], weight[R_predicted()]], [labelled, predicted]);
  signal ofClasses <== classes * logits;
  signal atTau <== eqRows * ofClasses;
  out <== real + atTau;
}

/**
 * @title Score, instances over rows alone
 * @notice The numbers of rows right and among the top k, and the counts as a polynomial at x; zero-checks that c and t are
 *   bits, 0 on padded rows, that c takes all classes and t the limb N - n_4 + k - 1, and that one class at most is
 *   predicted (protocol, section 11).
 * @input classes, labels: cls, lab; assumed bits of which at most one is 1
 * @input outputs: n_4
 * @input places: k, how many count as top
 * @input beta: the lookup challenge
 * @input realRows: le_rows at the point
 * @input eqRows: eq of the rows' coordinates with tau
 * @input weight: powers of lambda
 * @input evals: evaluations at the point, in the order of the protocol
 * @output out: the weighted sum
 */
template ScoreRows() {
  signal input classes;
  signal input labels;
  signal input outputs;
  signal input places;
  signal input beta;
  signal input realRows;
  signal input eqRows;
  signal input weight[R_COUNT()];
  signal input evals[E_COUNT()];
  signal output out;

  var c = evals[E_c()];
  var t = evals[E_t()];
  var p = evals[E_p()];
  signal top <== (classes + labels) * t;
  signal ofClasses <== classes * (1 / ACTIVATION()) * evals[E_Yx()];
  signal counts <== (ofClasses + labels) * evals[E_Px()];
  signal sums <== InnerProduct(4)([weight[R_right()], weight[R_top()], weight[R_counts()], weight[R_logUp()]],
    [c, top, counts, evals[E_hS()]]);

  signal residue[8];
  residue[0] <== LookupGroup()(beta, [evals[E_H()], evals[E_S()], 0], evals[E_hS()], 1);
  signal square <== p * (p - 1);
  residue[1] <== classes * square;
  residue[2] <== c * (c - 1);
  residue[3] <== c * (1 - realRows);
  residue[4] <== c * (outputs - evals[E_N()]);
  residue[5] <== t * (t - 1);
  residue[6] <== t * (1 - realRows);
  signal rank <== t * (evals[E_N()] - outputs + places - 1);
  residue[7] <== evals[E_H()] - rank;
  signal checks <== InnerProduct(8)([weight[R_hS()], weight[R_predictedOne()], weight[R_claimedBit()],
    weight[R_claimedPadding()], weight[R_claimedAll()], weight[R_topBit()], weight[R_topPadding()], weight[R_topRank()]],
    residue);
  signal atTau <== eqRows * checks;
  out <== sums + atTau;
}
