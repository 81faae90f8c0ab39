import { program } from "../../program.js";

export const config = { runtime: "edge" };

export default async function outcome() {
  try {
    return Response.json(await program());
  } catch (error) {
    return new Response(`${error.stack}\n${error.cause?.stack}`, { status: 500 });
  }
}
