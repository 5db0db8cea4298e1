//! `rival-ring-native <algorithm> <key> <message> <signature> <times>`, bytes in hexadecimal: checks the signature so many
//! times, and prints the nanoseconds of processor time that it took.

use rival_ring::Key;
use std::{env, process};

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [algorithm, key, message, signature, times] = arguments.as_slice() else {
        eprintln!("usage: rival-ring-native <algorithm> <key> <message> <signature> <times>");
        process::exit(2);
    };
    let key = Key::read(algorithm, &bytes(key)).expect("an algorithm of ring");
    let (message, signature) = (bytes(message), bytes(signature));
    let times: u32 = times.parse().expect("a number");

    let started = processor_nanoseconds();
    let valid = (0..times)
        .filter(|_| key.verify(&message, &signature))
        .count();
    let taken = processor_nanoseconds() - started;
    assert_eq!(valid, times as usize, "the signature is wrong");
    println!("{taken}");
}

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len() / 2)
        .map(|i| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).expect("hexadecimal"))
        .collect()
}

#[repr(C)]
struct TimeSpec {
    seconds: i64,
    nanoseconds: i64,
}

extern "C" {
    fn clock_gettime(clock: i32, time: *mut TimeSpec) -> i32;
}

/// CLOCK_PROCESS_CPUTIME_ID on Linux.
const PROCESS_TIME: i32 = 2;

fn processor_nanoseconds() -> i64 {
    let mut time = TimeSpec {
        seconds: 0,
        nanoseconds: 0,
    };
    assert_eq!(unsafe { clock_gettime(PROCESS_TIME, &mut time) }, 0);
    time.seconds * 1_000_000_000 + time.nanoseconds
}
