"""The one way components of this project are made."""

from functools import partial

from kfp import dsl

from matchwright.settings import Cluster

# The image carries this package and its locked requirements: nothing is installed when a step starts.
# The environment's own image replaces this default when a pipeline is compiled.
component = partial(dsl.component, base_image=Cluster().image, install_kfp_package=False)
