/* What served.mjs reads off the server's own tables when the console is built. */
declare module "virtual:served" {
  export interface Shape {
    type: "structure" | "list" | "map" | "string" | "blob" | "integer" | "double" | "boolean" | "timestamp";
    values?: string[];
    element?: Shape;
    members?: Member[];
  }
  export interface Member extends Shape {
    name: string;
    required?: boolean;
  }
  export interface Operation {
    service: import("./api").Service;
    name: string;
    action: string; // for which permission is asked
    deviation: string; // from AWS, in a sentence
    members?: Member[]; // of its input; the service's own verbs do not say
  }
  export const operations: Operation[];
}
