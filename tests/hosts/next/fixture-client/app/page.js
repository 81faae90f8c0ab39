"use client";
import { useEffect } from "react";
import { program } from "../program.js";

export default function Page() {
  useEffect(() => {
    const show = (outcome) => {
      document.documentElement.dataset.outcome = JSON.stringify(outcome);
    };
    program().then(
      (values) => show({ values }),
      (error) => show({ error: `${error.stack}\n${error.cause?.stack}` }),
    );
  }, []);
  return <p>wasm2vec</p>;
}
