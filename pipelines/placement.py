"""Apply the environment's cluster section to a pipeline's tasks: image, resources, secrets and so on."""

from typing import Any, Protocol

from kfp import kubernetes
from kfp.dsl import PipelineTask

from matchwright.secrets import SIGNING_KEY
from matchwright.settings import Cluster


class Step(Protocol):
    """Makes a task of a component: ``step(component, argument=...)``."""

    def __call__(self, component: Any, *, cached: bool = True, **arguments: Any) -> PipelineTask: ...


def here(component: Any, *, cached: bool = True, **arguments: Any) -> PipelineTask:
    """A task on this machine, without the settings of a cluster."""
    task: PipelineTask = component(**arguments)
    return task.set_caching_options(cached)


def placed_on(cluster: Cluster, environment: str) -> Step:
    """A :class:`Step` whose tasks have all settings of ``cluster``."""

    def step(component: Any, *, cached: bool = True, **arguments: Any) -> PipelineTask:
        task = here(component, cached=cached, **arguments)
        _size(task, cluster)
        _configure(task, cluster, environment)
        _schedule(task, cluster)
        return task

    return step


def _size(task: PipelineTask, cluster: Cluster) -> None:
    wanted = cluster.resources
    task.set_cpu_request(wanted.cpu).set_cpu_limit(wanted.cpu)
    task.set_memory_request(wanted.memory).set_memory_limit(wanted.memory)
    if wanted.gpu and task.name.startswith("train"):  # to train the network on it
        task.set_accelerator_type("nvidia.com/gpu").set_accelerator_limit(wanted.gpu)


def _configure(task: PipelineTask, cluster: Cluster, environment: str) -> None:
    task.set_env_variable("MATCHWRIGHT_ENVIRONMENT", environment)
    for name, value in cluster.environment.items():
        task.set_env_variable(name, value)
    if cluster.secret_name:
        # Only the step that signs bundles gets the signing key.
        signs = task.name.startswith("register")
        keys = {key: key for key in cluster.secret_keys if key != SIGNING_KEY or signs}
        kubernetes.use_secret_as_env(task, cluster.secret_name, keys)
    if cluster.volume_claim:
        kubernetes.mount_pvc(task, cluster.volume_claim, cluster.volume_mount)


def _schedule(task: PipelineTask, cluster: Cluster) -> None:
    task.set_container_image(cluster.image)
    kubernetes.set_image_pull_policy(task, cluster.image_pull_policy)
    if cluster.image_pull_secret:
        kubernetes.set_image_pull_secrets(task, [cluster.image_pull_secret])
    for key, value in cluster.node_selector.items():
        kubernetes.add_node_selector(task, key, value)
    for key, value in cluster.labels.items():
        kubernetes.add_pod_label(task, key, value)
    kubernetes.set_timeout(task, cluster.step_timeout_seconds)
