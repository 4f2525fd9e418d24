"""Include directories of kratos's own sources that dependents must not see."""

def private_include(directory):
    """The flag for `directory`, counted from kratos's root, in kratos's own build and in one that has it as @kratos."""
    repository = native.repository_name().lstrip("@")
    return "-I" + ("external/%s/" % repository if repository else "") + directory
