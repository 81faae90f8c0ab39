import { program } from "../../program.js";

export const dynamic = "force-dynamic";

export async function GET() {
  try {
    return Response.json(await program({ threads: true }));
  } catch (error) {
    return new Response(`${error.stack}\n${error.cause?.stack}`, { status: 500 });
  }
}
