"""Operations that use several outside systems, shared by steps and commands."""
