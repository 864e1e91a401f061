"""The quasi-Poisson regression gives what statsmodels gives."""

import numpy as np
import pytest

from nlp.surveillance.detectors.quasi_poisson import anscombe, fit, outlier_weights


def drawn(bins: int, columns: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return a design with a trend and dummies, counts, and weights."""
    source = np.random.default_rng(seed)
    time = np.linspace(-3.0, -0.9, bins)
    dummies = [np.arange(bins) % columns == each for each in range(1, columns - 1)]
    design = np.column_stack([np.ones(bins), time, *dummies][:columns]).astype(float)
    counts = source.negative_binomial(2, 0.3, bins).astype(float)
    return design, counts, source.uniform(0.3, 1.5, bins)


@pytest.mark.parametrize("columns", [1, 2, 5])
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("weighted", [False, True], ids=["equal weights", "weights"])
def test_it_is_the_regression_of_statsmodels(columns, seed, weighted):
    import statsmodels.api as sm

    design, counts, weights = drawn(21, columns, seed)
    weights = weights if weighted else np.ones(21)
    ours = fit(design, counts, weights)
    model = sm.GLM(counts, design, family=sm.families.Poisson(), var_weights=weights)
    theirs = model.fit(scale="X2", tol=1e-12)
    assert ours.coefficients == pytest.approx(theirs.params, abs=1e-7)
    assert ours.mean == pytest.approx(theirs.fittedvalues, rel=1e-7)
    assert ours.dispersion == pytest.approx(theirs.scale, rel=1e-6)
    assert ours.covariance * ours.dispersion == pytest.approx(theirs.cov_params(), rel=1e-6)
    hat = theirs.get_influence(observed=False).hat_matrix_diag
    assert ours.leverage == pytest.approx(hat, rel=1e-6)


def test_one_column_is_the_weighted_mean():
    fitted = fit(np.ones((4, 1)), np.array([1.0, 2.0, 3.0, 10.0]), np.array([1.0, 1.0, 1.0, 0.2]))
    assert fitted.mean == pytest.approx(np.full(4, 8 / 3.2))
    assert fitted.leverage == pytest.approx(np.array([1, 1, 1, 0.2]) / 3.2)
    assert fitted.covariance[0, 0] == pytest.approx(1 / 8)


def test_anscombe_residuals_by_hand():
    fitted = fit(np.ones((4, 1)), np.array([1.0, 1.0, 1.0, 1.0]), np.ones(4))
    residual = anscombe(fitted, np.array([8.0, 1.0, 0.0, 1.0]))
    assert residual == pytest.approx(np.array([4.5, 0.0, -1.5, 0.0]) / np.sqrt(0.75))


def test_outliers_weigh_the_inverse_square_of_their_residual():
    weights = outlier_weights(np.array([0.0, 2.0, -9.0, 4.0]), 1.0)
    assert weights / weights[0] == pytest.approx([1, 1 / 4, 1, 1 / 16])
    assert weights.sum() == pytest.approx(4)
    assert outlier_weights(np.array([0.0, 2.0, 2.5]), 2.58) == pytest.approx([1, 1, 1])


@pytest.mark.parametrize(
    "counts", [[0] * 20 + [1], [1] + [0] * 20, [0] * 14 + [9] * 7, [10**8] * 21]
)
def test_extreme_counts_give_finite_fits(counts):
    design, _, weights = drawn(21, 2, 0)
    for fitted in (
        fit(design, np.array(counts, float), np.ones(21)),
        fit(design, np.array(counts, float), weights),
    ):
        assert np.isfinite(fitted.coefficients).all()
        assert np.isfinite(fitted.covariance).all()
        assert (fitted.mean >= 0).all()
