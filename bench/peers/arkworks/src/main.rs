//! Groth16 by arkworks, natively, for a key and a witness of ours: `descent-peer-arkworks <.zkey> <.wtns> <proofs>`.
//! Prints one JSON document. Every proof is verified.
use std::fs::File;
use std::io::BufReader;
use std::time::Instant;

use ark_bn254::{Bn254, Fr};
use ark_circom::{CircomReduction, read_zkey};
use ark_ff::PrimeField;
use ark_groth16::{Groth16, prepare_verifying_key};
use ark_std::UniformRand;
use ark_std::rand::{SeedableRng, rngs::StdRng};

/// Bytes of a .wtns file of BN254 before its signals.
const WITNESS_HEADER: usize = 76;

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let [_, zkey, wtns, proofs] = args.as_slice() else {
        eprintln!("usage: descent-peer-arkworks <file.zkey> <file.wtns> <proofs>");
        std::process::exit(2);
    };
    let proofs: usize = proofs.parse().expect("the number of proofs is a whole number");

    let began = Instant::now();
    let (key, index) = read_zkey(&mut BufReader::new(File::open(zkey).expect("the .zkey opens"))).expect("a .zkey");
    let open = began.elapsed().as_secs_f64();

    let witness: Vec<Fr> = std::fs::read(wtns).expect("the .wtns opens")[WITNESS_HEADER..]
        .chunks_exact(32)
        .map(Fr::from_le_bytes_mod_order)
        .collect();
    let inputs = index.num_instance_variables;
    let matrices = [index.a, index.b, index.c];
    let prepared = prepare_verifying_key(&key.vk);
    // Fresh blinding is no part of the time; a fixed start makes runs alike.
    let mut rng = StdRng::seed_from_u64(1);

    let (mut seconds, mut cpu_seconds) = (Vec::new(), Vec::new());
    for _ in 0..proofs {
        let (r, s) = (Fr::rand(&mut rng), Fr::rand(&mut rng));
        let (began, before) = (Instant::now(), processor_seconds());
        let proof = Groth16::<Bn254, CircomReduction>::create_proof_with_reduction_and_matrices(
            &key,
            r,
            s,
            &matrices,
            inputs,
            index.num_constraints,
            &witness,
        )
        .expect("a proof");
        seconds.push(began.elapsed().as_secs_f64());
        cpu_seconds.push(processor_seconds() - before);
        let holds = Groth16::<Bn254>::verify_proof(&prepared, &proof, &witness[1..inputs]);
        assert!(holds.expect("a verdict"), "the proof does not verify");
    }
    println!(
        "{{\"constraints\":{},\"openSeconds\":{open},\"seconds\":{seconds:?},\"cpuSeconds\":{cpu_seconds:?},\"peakMiB\":{}}}",
        index.num_constraints,
        peak_mib()
    );
}

/// Processor time of all threads so far; Linux counts it in hundredths.
fn processor_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").expect("Linux");
    // The name of the program, in brackets, is the second field; user and system time are the 14th and 15th.
    let fields: Vec<&str> = stat.rsplit(')').next().expect("a name").split_whitespace().collect();
    let ticks: u64 = fields[11..13].iter().map(|text| text.parse::<u64>().expect("ticks")).sum();
    ticks as f64 / 100.0
}

/// Largest resident set of this process.
fn peak_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).expect("VmHWM");
    let kib: u64 = line.split_whitespace().nth(1).expect("a number").parse().expect("a number");
    kib / 1024
}
