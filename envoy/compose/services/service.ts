/** A service of docker-compose.yml that runs. */
export interface Service {
  stop: () => Promise<void>;
}
