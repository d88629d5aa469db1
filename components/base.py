"""The decorator of all components."""

from functools import partial

from kfp import dsl

from matchwright.settings import Cluster

# The image holds this package and its locked requirements: nothing is installed when a step starts.
# When a pipeline is compiled, the environment's image replaces this default.
component = partial(dsl.component, base_image=Cluster().image, install_kfp_package=False)
